//! The ways to a peer: TCP with noise and yamux, and QUIC, with names resolved by the system's DNS settings.

use std::time::Duration;

use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::timeout::TransportTimeout;
use libp2p::core::transport::{Boxed, Transport};
use libp2p::core::upgrade::Version;
use libp2p::identity::Keypair;
use libp2p::{PeerId, dns, metrics, noise, quic, tcp, yamux};
use prometheus_client::registry::Registry;

use super::NetworkError;

/// Streams of one connection. A connection carries at most our 16 requests, the peer's 32, gossip both ways, identify
/// and ping; twice that, rounded up. Unread bytes of a TCP connection: 128 x 256 KiB window = 32 MiB at the most.
const STREAMS_PER_CONNECTION: u32 = 128;

/// Unread bytes of one QUIC stream: one request frame and some.
const QUIC_STREAM_BYTES: u32 = 1_280 * 1024;

/// Unread bytes of one QUIC connection.
const QUIC_CONNECTION_BYTES: u32 = 8 * 1024 * 1024;

/// Builds the transport. Its bytes are counted in `registry`.
///
/// QUIC's TLS comes from aws-lc-rs, the one cryptographic provider in the program: with two of them rustls does not
/// choose, it panics.
pub(super) fn build(
    identity: &Keypair,
    connect_timeout: Duration,
    registry: &mut Registry,
) -> Result<Boxed<(PeerId, StreamMuxerBox)>, NetworkError> {
    let named = match dns::tokio::Transport::system(sockets(identity)?) {
        Ok(named) => named,
        Err(error) => {
            tracing::warn!(%error, "no DNS settings found: peers are reached by address only, not by name");
            without_names(sockets(identity)?)
        }
    };
    let counted = metrics::BandwidthTransport::new(named, registry)
        .map(|(peer, connection), _| (peer, StreamMuxerBox::new(connection)));
    Ok(TransportTimeout::new(counted, connect_timeout).boxed())
}

fn without_names<T>(sockets: T) -> dns::tokio::Transport<T> {
    let nothing = dns::ResolverConfig::from_parts(None, Vec::new(), Vec::new());
    dns::tokio::Transport::custom(sockets, nothing, dns::ResolverOpts::default())
}

fn sockets(identity: &Keypair) -> Result<Boxed<(PeerId, StreamMuxerBox)>, NetworkError> {
    let noise =
        noise::Config::new(identity).map_err(|error| NetworkError::Setup(error.to_string()))?;
    let mut yamux = yamux::Config::default();
    yamux.set_max_num_streams(STREAMS_PER_CONNECTION as usize);
    let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
        .upgrade(Version::V1Lazy)
        .authenticate(noise)
        .multiplex(yamux)
        .map(|(peer, connection), _| (peer, StreamMuxerBox::new(connection)));

    let mut config = quic::Config::new(identity);
    config.max_concurrent_stream_limit = STREAMS_PER_CONNECTION;
    config.max_stream_data = QUIC_STREAM_BYTES;
    config.max_connection_data = QUIC_CONNECTION_BYTES;
    let quic = quic::tokio::Transport::new(config)
        .map(|(peer, connection), _| (peer, StreamMuxerBox::new(connection)));

    Ok(tcp
        .or_transport(quic)
        .map(|either, _| either.into_inner())
        .boxed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_machine_without_dns_settings_still_has_a_transport() {
        let identity = Keypair::generate_ed25519();
        let _ = without_names(sockets(&identity).unwrap());
    }
}
