"""Dues standard, orders, ledger, bank desk and invoices."""
