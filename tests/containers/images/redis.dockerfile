# redis:8: Debian's Redis 8.0, which asks for no password from other containers either.
FROM release-quality/base
RUN apt-get update -qq \
    && apt-get install -qq --yes --no-install-recommends redis-server \
    && rm -rf /var/lib/apt/lists/*
USER redis
WORKDIR /data
VOLUME /data
CMD ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no"]
