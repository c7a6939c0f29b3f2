"""Citations, as every command shows and prints them."""
