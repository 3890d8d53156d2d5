"""Settlement: an order follows its payment, however late, often or disordered the provider's word comes."""
