# Kibana with the plugin, for those who run their own image: Docker, ECK, Helm.
#
#   npm ci && npm run build -- --kibana-version 9.4.3
#   docker build --build-arg STACK_VERSION=9.4.3 --tag kibana-log-anomalies:9.4.3 .
#
# The image of Kibana has a shell and Kibana's own programs, and little else.
ARG STACK_VERSION=8.12.2
FROM docker.elastic.co/kibana/kibana:${STACK_VERSION}
ARG STACK_VERSION=8.12.2
COPY --chown=1000:0 build/log-anomalies-*_${STACK_VERSION}.zip /tmp/log-anomalies.zip
RUN bin/kibana-plugin install file:///tmp/log-anomalies.zip
