# locustio/locust: the package of that name.
FROM release-quality/python
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --quiet locust==2.47.0
RUN useradd --create-home locust
USER locust
WORKDIR /home/locust
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
ENTRYPOINT ["locust"]
