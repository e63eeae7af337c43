"""What leaves the product as a file: cards, pages and images that work on their own."""
