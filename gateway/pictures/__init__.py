"""One file a product's picture, found by the product's key: COLUMNS that it is drawn from, and a function over them."""
