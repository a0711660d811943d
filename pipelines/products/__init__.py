"""One SQL file a product, of the name of its class; a module of that name where SQL alone cannot say its rows."""
