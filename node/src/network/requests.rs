//! Requests: ours to a peer, and a peer's to the application.

use std::time::Instant;

use countersign_protocol::federation::fault::FaultCode;
use countersign_protocol::federation::message::{Request, Response};
use futures::FutureExt;
use libp2p::PeerId;
use libp2p::request_response::{
    Event, Message, OutboundFailure, OutboundRequestId, ResponseChannel,
};
use tokio::sync::{mpsc, oneshot};

use super::actor::Actor;
use super::codec::Framed;
use super::metrics::Reason;
use super::peers::MISCONDUCT;
use super::{Inbound, NetworkError};

/// Work of a request beside its bundles: a stream, two frames, a turn of the application.
const REQUEST_WORK: u32 = 8;

/// Our request that waits for its answer.
pub(super) struct Asked {
    peer: PeerId,
    kind: &'static str,
    since: Instant,
    reply: oneshot::Sender<Result<Response, NetworkError>>,
}

/// A peer's request for which the application has answered, or has not.
pub(super) struct Answered {
    peer: PeerId,
    channel: ResponseChannel<Framed<Response>>,
    answer: Result<Response, Reason>,
}

impl Actor {
    /// Sends a request of our own.
    pub(super) fn ask(
        &mut self,
        id: PeerId,
        kind: &'static str,
        request: Framed<Request>,
        reply: oneshot::Sender<Result<Response, NetworkError>>,
    ) {
        let limit = self.limits.asking_per_peer;
        let refusal = match self.peers.get_mut(&id) {
            None => Some(NetworkError::UnknownPeer { peer: id }),
            Some(peer) if peer.connections == 0 => Some(NetworkError::NotConnected { peer: id }),
            Some(peer) if peer.asking >= limit => {
                Some(NetworkError::TooManyRequests { peer: id, limit })
            }
            Some(peer) => {
                peer.asking += 1;
                None
            }
        };
        if let Some(refusal) = refusal {
            self.metrics.request_sent(kind, "not-sent", 0.0);
            let _ = reply.send(Err(refusal));
            return;
        }
        let requests = &mut self.swarm.behaviour_mut().requests;
        let asked = Asked {
            peer: id,
            kind,
            since: Instant::now(),
            reply,
        };
        let sent = requests.send_request(&id, request);
        self.asked.insert(sent, asked);
    }

    pub(super) fn on_request_event(&mut self, event: Event<Framed<Request>, Framed<Response>>) {
        match event {
            Event::Message { peer, message, .. } => {
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.seen();
                }
                match message {
                    Message::Request {
                        request, channel, ..
                    } => self.on_request(peer, request, channel),
                    Message::Response {
                        request_id,
                        response,
                    } => {
                        let answer = response.content;
                        let bad = |fault| NetworkError::BadAnswer { peer, fault };
                        self.on_answer(request_id, answer.map_err(bad));
                    }
                }
            }
            Event::OutboundFailure {
                peer,
                request_id,
                error,
                ..
            } => self.on_answer(request_id, Err(failure(peer, &error))),
            Event::InboundFailure { peer, error, .. } => {
                tracing::debug!(%peer, %error, "a peer's request came to nothing");
                self.refuse(&peer, Reason::StreamGone);
            }
            Event::ResponseSent { .. } => {}
        }
    }

    fn on_answer(&mut self, id: OutboundRequestId, answer: Result<Response, NetworkError>) {
        let Some(asked) = self.asked.remove(&id) else {
            return;
        };
        if let Some(peer) = self.peers.get_mut(&asked.peer) {
            peer.asking = peer.asking.saturating_sub(1);
        }
        let outcome = match &answer {
            Ok(response) => response.kind(),
            Err(NetworkError::Timeout { .. }) => "timeout",
            Err(NetworkError::BadAnswer { .. }) => "bad-answer",
            Err(_) => "broken",
        };
        let seconds = asked.since.elapsed().as_secs_f64();
        self.metrics.request_sent(asked.kind, outcome, seconds);
        // A caller that has gone away needs no answer.
        let _ = asked.reply.send(answer);
    }

    /// A peer's request: refused here with its code, or handed to the application.
    fn on_request(
        &mut self,
        id: PeerId,
        framed: Framed<Request>,
        channel: ResponseChannel<Framed<Response>>,
    ) {
        match self.admit(id, framed) {
            Ok(answer) => {
                let answered = answer.map(move |answer| Answered {
                    peer: id,
                    channel,
                    answer,
                });
                self.answers.push(answered.boxed());
            }
            Err((reason, refusal)) => {
                // It is told its number first: one offence too many closes the connection.
                self.respond(&id, channel, refusal);
                self.refuse(&id, reason);
            }
        }
    }

    /// Takes a request through the peer's limits into the application's queue. What comes back is the application's
    /// answer, once there is one; the frame's share of memory is held until then.
    fn admit(
        &mut self,
        id: PeerId,
        Framed { content, share, .. }: Framed<Request>,
    ) -> Result<impl Future<Output = Result<Response, Reason>> + use<>, (Reason, Response)> {
        let busy = |why: &str| Response::refused(FaultCode::Busy, why);
        let Some(peer) = self.peers.get_mut(&id) else {
            let refusal = Response::refused(FaultCode::UnknownPeer, "you are not a listed peer");
            return Err((Reason::UnknownPeer, refusal));
        };
        // A frame that is no message costs as much as one: it was read all the same.
        let bundles = match &content {
            Ok(Request::Deliver { bundles }) => u32::try_from(bundles.len()).unwrap_or(u32::MAX),
            _ => 0,
        };
        let work = REQUEST_WORK.saturating_add(bundles);
        if !peer.work.take(work, Instant::now()) {
            let refusal = busy("your work budget is used up");
            return Err((Reason::WorkBudget { work }, refusal));
        }
        let request = content.map_err(|fault| {
            let refusal = Response::refused(fault.fault(), &fault.to_string());
            (Reason::Frame(fault.fault()), refusal)
        })?;
        if peer.answering >= self.limits.answering_per_peer {
            return Err((
                Reason::InFlight,
                busy("too many of your requests wait here"),
            ));
        }
        let kind = request.kind();
        let (reply, answer) = oneshot::channel();
        let inbound = Inbound::Request {
            peer: id,
            request,
            reply,
        };
        self.inbound
            .try_send(inbound)
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => (
                    Reason::QueueFull,
                    busy("the node has more work than it can take"),
                ),
                mpsc::error::TrySendError::Closed(_) => {
                    let refusal = Response::refused(FaultCode::Unavailable, "the node is stopping");
                    (Reason::Closed, refusal)
                }
            })?;
        peer.answering += 1;
        self.metrics.request_received(kind);
        let timeout = self.limits.answer_timeout;
        Ok(async move {
            let answer = tokio::time::timeout(timeout, answer).await;
            drop(share);
            match answer {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(_)) => Err(Reason::AnswerDropped),
                Err(_) => Err(Reason::AnswerTimeout),
            }
        })
    }

    pub(super) fn on_answered(&mut self, answered: Answered) {
        let Answered {
            peer: id,
            channel,
            answer,
        } = answered;
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.answering = peer.answering.saturating_sub(1);
        }
        let response = answer.unwrap_or_else(|reason| {
            self.refuse(&id, reason);
            Response::refused(FaultCode::Unavailable, "the node gave no answer")
        });
        let misconduct = misconduct(&response);
        self.respond(&id, channel, response);
        if misconduct > 0 {
            self.offend(id, misconduct.saturating_mul(MISCONDUCT));
        }
    }

    fn respond(
        &mut self,
        id: &PeerId,
        channel: ResponseChannel<Framed<Response>>,
        response: Response,
    ) {
        let requests = &mut self.swarm.behaviour_mut().requests;
        if requests
            .send_response(channel, Framed::own(response))
            .is_err()
        {
            self.refuse(id, Reason::StreamGone);
        }
    }
}

/// How many bundles of a request were such as no node sends.
fn misconduct(response: &Response) -> u32 {
    let Response::Delivered { verdicts } = response else {
        return 0;
    };
    let faults = verdicts
        .iter()
        .filter_map(|it| FaultCode::from_code(it.code));
    let count = faults.filter(|fault| fault.is_misconduct()).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn failure(peer: PeerId, error: &OutboundFailure) -> NetworkError {
    match error {
        OutboundFailure::Timeout => NetworkError::Timeout { peer },
        OutboundFailure::DialFailure => NetworkError::NotConnected { peer },
        OutboundFailure::ConnectionClosed
        | OutboundFailure::UnsupportedProtocols
        | OutboundFailure::Io(_) => NetworkError::Broken {
            peer,
            reason: error.to_string(),
        },
    }
}
