# maven:3.9-eclipse-temurin-21: Debian's Maven 3.9 with OpenJDK 21.
FROM release-quality/temurin
RUN apt-get update -qq \
    && apt-get install -qq --yes --no-install-recommends maven openjdk-21-jdk-headless \
    && rm -rf /var/lib/apt/lists/*
