from setuptools import find_packages, setup

setup(
    name="words",
    version="1.0.0",
    packages=find_packages(exclude=["tests"]),
    python_requires=">=3.11",
    install_requires=[
        'fastapi>=0.141,<0.142',
        'uvicorn',  # any
    ],
    extras_require={"test": ["pytest"]},
)
