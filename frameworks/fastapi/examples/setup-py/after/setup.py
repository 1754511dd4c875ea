from setuptools import find_packages, setup

setup(
    name="words",
    version="1.0.0",
    packages=find_packages(exclude=["tests"]),
    python_requires=">=3.11",
    install_requires=[
        'fastapi>=0.141,<0.142',
        'opentelemetry-api==1.45.1',
        'opentelemetry-exporter-otlp-proto-http==1.45.1',
        'opentelemetry-instrumentation-asgi==0.66b1',
        'opentelemetry-sdk==1.45.1',
        'prometheus-client>=0.19,<1',
        'pyinstrument>=5.1,<6',
        'PyYAML>=6.0',
        'uvicorn',  # any
    ],
    extras_require={"test": ["pytest"]},
)
