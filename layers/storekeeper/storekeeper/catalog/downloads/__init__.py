"""Downloads: the files that come with a product or with one variant, each handed only to whoever has bought it."""
