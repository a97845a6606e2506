# syntax=docker/dockerfile:1
# Ward's image: the program, Whisper's helper and nothing else; no shell, no package manager, no root.
#
#   docker build -t ward .
#
# At run time: give it a folder at /var/lib/ward that user 65532 may write to (a named volume is), a master key, and
# nothing else writable: docker run --read-only --cap-drop ALL --security-opt no-new-privileges …
# No setting and no secret is built in. Pin both bases by digest where builds must be repeatable.
ARG RUST=1.95-bookworm
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

FROM rust:${RUST} AS build
# For aws-lc and whisper.cpp; the compilers and make are in the base.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends cmake \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# Whisper's helper is for any machine with AVX2 and not for the one that builds it.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    GGML_NATIVE=OFF cargo build --release --locked --package ward --bin ward --package ward-whisper --bin ward-whisper \
 && strip --strip-debug -o /ward target/release/ward \
 && strip --strip-debug -o /ward-whisper target/release/ward-whisper
RUN mkdir -p /rootfs/var/lib/ward

FROM ${BASE}
LABEL org.opencontainers.image.title="Ward" \
      org.opencontainers.image.description="A hospital platform for many hospitals" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /ward /usr/local/bin/ward
COPY --from=build /ward-whisper /usr/local/bin/ward-whisper
COPY --from=build --chown=65532:65532 /rootfs/var/lib/ward /var/lib/ward
ENV WARD_LISTEN=0.0.0.0:8000 \
    WARD_DATA_DIR=/var/lib/ward
WORKDIR /var/lib/ward
USER 65532:65532
VOLUME /var/lib/ward
EXPOSE 8000
STOPSIGNAL SIGTERM
# Kubernetes does not look at this: the chart has probes on /livez and /readyz.
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["/usr/local/bin/ward", "health"]
ENTRYPOINT ["/usr/local/bin/ward"]
CMD ["serve"]
