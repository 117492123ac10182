//! Status, body and media type of every answer over a real socket.

use countersign_node::witness::{ClientError, HttpWitness, WitnessClient, origin_hash};
use countersign_protocol::log::{AddCheckpoint, Checkpoint, SignatureLine};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{Log, NOW_S, ORIGIN, served, witness_key};

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_are_cosigned_and_shown() {
    let (log, served) = (Log::new("honest"), served(1).await);
    assert_eq!(served.client.latest(ORIGIN).await.unwrap(), None);
    let reply = served
        .client
        .add_checkpoint(&log.request(0, 5))
        .await
        .unwrap();
    assert_eq!(reply.status, 200);
    let line = SignatureLine::parse(&reply.body).unwrap();
    let text = log.head(5).to_text();
    assert_eq!(
        line.verify(&text, witness_key(1).verifier()),
        Ok(Some(NOW_S))
    );
    let latest = served.client.latest(ORIGIN).await.unwrap().unwrap();
    assert_eq!(Checkpoint::parse_note(&latest).unwrap().1, log.head(5));
    assert!(latest.contains(&reply.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_arrives_as_it_was_given() {
    let (log, served) = (Log::new("honest"), served(1).await);
    assert_eq!(
        served
            .client
            .add_checkpoint(&log.request(0, 5))
            .await
            .unwrap()
            .status,
        200
    );
    let client = &served.client;
    let status = async |body: String| client.add_checkpoint(&body).await.unwrap().status;
    let stale = client.add_checkpoint(&log.request(3, 9)).await.unwrap();
    assert_eq!((stale.status, stale.body.as_str()), (409, "5\n"));
    assert_eq!(status(Log::new("fork").request(5, 9)).await, 422);
    assert_eq!(
        status(log.request(5, 9).replacen("\n9\n", "\n8\n", 1)).await,
        403
    );
    assert_eq!(status("nonsense".into()).await, 400);
    served.witness.remove_log(ORIGIN);
    assert_eq!(status(log.request(5, 9)).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn media_types_limits_and_addresses_are_those_of_the_specification() {
    let (log, served) = (Log::new("honest"), served(1).await);
    let http = reqwest::Client::new();
    let post = async |body: Vec<u8>| {
        http.post(format!("{}/add-checkpoint", served.url))
            .body(body)
            .send()
            .await
            .unwrap()
    };
    let media = |response: &reqwest::Response| {
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        media(&post(log.request(0, 5).into()).await),
        "text/plain; charset=utf-8"
    );
    let stale = post(log.request(0, 5).into()).await;
    assert_eq!(
        (stale.status().as_u16(), media(&stale).as_str()),
        (409, "text/x.tlog.size")
    );
    assert_eq!(post(vec![0xff, 0xfe]).await.status(), 400, "not UTF-8");
    assert_eq!(post(vec![b'x'; 200_000]).await.status(), 413, "too large");

    let get = async |path: String| {
        http.get(format!("{}{path}", served.url))
            .send()
            .await
            .unwrap()
    };
    assert_eq!(get("/healthz".into()).await.status(), 200);
    let hash = hex::encode(origin_hash(ORIGIN));
    let latest = get(format!("/{hash}/checkpoint")).await;
    assert_eq!(
        (latest.status().as_u16(), media(&latest).as_str()),
        (200, "text/plain; charset=utf-8")
    );
    assert_eq!(
        get(format!("/{}/checkpoint", hash.to_uppercase()))
            .await
            .status(),
        404
    );
    assert_eq!(
        get(format!("/{}/checkpoint", &hash[1..])).await.status(),
        404
    );
    assert_eq!(
        get(format!("/{}/checkpoint", "0".repeat(64)))
            .await
            .status(),
        404
    );
    assert_eq!(get("/add-checkpoint".into()).await.status(), 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gone_witness_a_chatterbox_and_a_signpost_are_errors_not_answers() {
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = unused.local_addr().unwrap();
    drop(unused);
    let gone = HttpWitness::new("gone", &format!("http://{address}")).unwrap();
    assert!(matches!(
        gone.add_checkpoint("x").await,
        Err(ClientError::Transport(_))
    ));

    let client = HttpWitness::new(
        "w",
        &raw(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            true,
        )
        .await,
    )
    .unwrap();
    assert!(matches!(
        client.add_checkpoint("x").await,
        Err(ClientError::TooLong)
    ));

    let moved = raw(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        false,
    )
    .await;
    let client = HttpWitness::new("w", &moved).unwrap();
    assert_eq!(
        client.add_checkpoint("x").await.unwrap().status,
        302,
        "not followed"
    );
}

/// A server that answers everything with `head`, and chunks without end if asked to.
async fn raw(head: &'static str, endless: bool) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = socket.read(&mut request).await;
                let _ = socket.write_all(head.as_bytes()).await;
                let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
                while endless && socket.write_all(chunk.as_bytes()).await.is_ok() {}
            });
        }
    });
    format!("http://{address}")
}

#[test]
fn only_addresses_of_witnesses_are_taken() {
    for wrong in [
        "",
        "w.example",
        "ftp://w.example",
        "http://",
        "http://w/?q",
        "http://w/#f",
        "file:///etc",
    ] {
        assert!(HttpWitness::new("w", wrong).is_err(), "{wrong}");
    }
    for right in [
        "http://127.0.0.1:7",
        "https://w.example/witness",
        "https://w.example/witness/",
    ] {
        assert!(HttpWitness::new("w", right).is_ok(), "{right}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_witness_may_live_below_a_path() {
    let dir = tempfile::tempdir().unwrap();
    let witness = std::sync::Arc::new(crate::world::witness(1, &dir.path().join("w")));
    let router = countersign_node::witness::http::router(witness, || NOW_S);
    let nested = axum::Router::new().nest("/witness", router);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, nested).await.unwrap() });
    let client = HttpWitness::new("w", &format!("http://{address}/witness")).unwrap();
    let request: AddCheckpoint = Log::new("honest").request(0, 5).parse().unwrap();
    assert_eq!(
        client
            .add_checkpoint(&request.to_string())
            .await
            .unwrap()
            .status,
        200
    );
    assert!(client.latest(ORIGIN).await.unwrap().is_some());
}
