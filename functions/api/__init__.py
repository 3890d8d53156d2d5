"""What belongs to no context: health, the OpenAPI document, and an answer of our own shape to any other address."""
