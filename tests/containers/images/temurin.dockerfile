# eclipse-temurin:21-jre-noble: Debian's OpenJDK 21, without a compiler.
FROM release-quality/base
RUN apt-get update -qq \
    && apt-get install -qq --yes --no-install-recommends openjdk-21-jre-headless \
    && rm -rf /var/lib/apt/lists/*
