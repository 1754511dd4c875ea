# jaegertracing/jaeger: Jaeger 2.13 as tests/support/install_servers.sh builds it, with busybox for its wget as in the image.
FROM release-quality/base
RUN apt-get update -qq \
    && apt-get install -qq --yes --no-install-recommends busybox \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/bin/busybox /usr/local/bin/wget
ENV JAEGER_LISTEN_HOST=0.0.0.0
COPY jaeger /cmd/jaeger/jaeger-linux
USER 10001
ENTRYPOINT ["/cmd/jaeger/jaeger-linux"]
