"""Premium (保険料): tariff, code tables, exchange rates, and what each contract costs to insure."""
