"""One SQL file a product and, where SQL alone cannot say it, a function of the same name over what it gives."""
