# prom/prometheus: Debian's Prometheus 3.5, with busybox for its wget as in the image.
FROM release-quality/base
RUN apt-get update -qq \
    && apt-get install -qq --yes --no-install-recommends busybox \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/bin/busybox /usr/local/bin/wget \
    && install -d -o 65534 -g 65534 /prometheus
COPY prometheus /bin/prometheus
USER 65534:65534
VOLUME /prometheus
WORKDIR /prometheus
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
