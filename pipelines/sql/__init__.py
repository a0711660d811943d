"""What products' SQL says, and which tables it may read. Runs none."""
