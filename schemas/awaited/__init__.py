"""One department a file, with the columns that tags await from it. A column moves out when a feed brings it."""
