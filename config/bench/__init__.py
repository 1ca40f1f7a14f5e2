"""An association as large as the product is made for: invented units, notices and deliveries, to measure at."""
