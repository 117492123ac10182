//! The frames of gossipsub (libp2p specs, pubsub/gossipsub, rpc.proto), written by hand: the library's own would not send such.

use prost::Message as _;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Rpc {
    #[prost(message, repeated, tag = "1")]
    pub(super) subscriptions: Vec<Subscription>,
    #[prost(message, repeated, tag = "2")]
    pub(super) publish: Vec<Publish>,
    #[prost(message, optional, tag = "3")]
    pub(super) control: Option<Control>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Subscription {
    #[prost(bool, optional, tag = "1")]
    pub(super) subscribe: Option<bool>,
    #[prost(string, optional, tag = "2")]
    pub(super) topic: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Publish {
    #[prost(bytes = "vec", optional, tag = "2")]
    pub(super) data: Option<Vec<u8>>,
    #[prost(string, required, tag = "4")]
    pub(super) topic: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Control {
    #[prost(message, repeated, tag = "1")]
    pub(super) have: Vec<Have>,
    #[prost(message, repeated, tag = "2")]
    pub(super) want: Vec<Ids>,
    #[prost(message, repeated, tag = "3")]
    pub(super) graft: Vec<Graft>,
    #[prost(message, repeated, tag = "4")]
    pub(super) prune: Vec<Prune>,
    #[prost(message, repeated, tag = "5")]
    pub(super) dont_want: Vec<Ids>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Have {
    #[prost(string, optional, tag = "1")]
    pub(super) topic: Option<String>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub(super) ids: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Ids {
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub(super) ids: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Graft {
    #[prost(string, optional, tag = "1")]
    pub(super) topic: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Prune {
    #[prost(string, optional, tag = "1")]
    pub(super) topic: Option<String>,
    #[prost(uint64, optional, tag = "3")]
    pub(super) backoff_seconds: Option<u64>,
}

impl Rpc {
    /// The frame: its length as a varint, then its bytes.
    pub(super) fn frame(&self) -> Vec<u8> {
        self.encode_length_delimited_to_vec()
    }

    pub(super) fn of_control(control: Control) -> Self {
        Self {
            control: Some(control),
            ..Self::default()
        }
    }

    pub(super) fn of_message(topic: &str, data: Vec<u8>) -> Self {
        let topic = topic.to_owned();
        let data = Some(data);
        Self {
            publish: vec![Publish { data, topic }],
            ..Self::default()
        }
    }
}
