from .base import *  # noqa: F403
from .base import MIDDLEWARE, env

MIDDLEWARE.insert(0, "django.middleware.security.SecurityMiddleware")
SECURE_SSL_REDIRECT = True
CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": env("REDIS_URL")}}
