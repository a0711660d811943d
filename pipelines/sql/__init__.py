"""What products' SQL says, which tables it may read, and the database that is asked. Runs none."""
