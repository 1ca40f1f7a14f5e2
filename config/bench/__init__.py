"""An association as large as the product is made for: invented units and notices with their deliveries, to measure at."""
