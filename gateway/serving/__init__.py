"""What is answered over HTTP: the sharing protocol, plain addresses, bytes, notices. Keeps nothing."""
