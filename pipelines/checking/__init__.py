"""What is published, read again and held against what was promised. Publishes nothing."""
