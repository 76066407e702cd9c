"""The RabbitMQ adapter: the only package that imports pika (AMQP 0-9-1)."""

from shared.bus.rabbitmq.consumer import RabbitConsumer
from shared.bus.rabbitmq.publisher import RabbitPublisher

__all__ = ["RabbitConsumer", "RabbitPublisher"]
