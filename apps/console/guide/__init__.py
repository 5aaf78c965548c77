"""Making a campaign: a form that says what it means while one types."""
