"""One file a product, its SQL of the same name in `pipelines/products/`. A new pair is a new product."""
