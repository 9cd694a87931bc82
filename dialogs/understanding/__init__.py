"""What a typed message means here."""
