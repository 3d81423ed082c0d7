"""Business acts of premium: publish what the rulebook is made of, and assess contracts."""
