"""The way to the brokers: a small port, its RabbitMQ adapter, and everything the broker itself is given."""
