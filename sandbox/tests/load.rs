//! Many generations at once.

mod support;

use std::thread;
use std::time::Duration;

use serde_json::json;
use support::{Client, id, quick, request};
use voicewire_sandbox::{Options, Outcome, Sandbox};

/// Has so many generations at once on each of so many connections, and sees each of them to its end.
fn at_once(connections: usize, each: usize) {
    let options = Options {
        max_concurrent: connections * each,
        // So that none is over before all have begun.
        first_chunk_delay: Duration::from_millis(300),
        ..quick()
    };
    let sandbox = Sandbox::start(options).unwrap();
    let mut clients: Vec<Client> = (0..connections).map(|_| Client::new(&sandbox)).collect();
    let sandbox = &sandbox;
    thread::scope(|scope| {
        for (n, client) in clients.iter_mut().enumerate() {
            scope.spawn(move || {
                for m in 0..each {
                    let id = id((n * each + m) as u128);
                    let fields = json!({"generationId": id, "targetText": "Everybody speaks at once."});
                    client.send(&request(fields));
                }
                let mut finished = 0;
                while finished < each {
                    let message = client.receive();
                    assert!(message.get("error").is_none(), "{message}");
                    finished += usize::from(message["isFinished"] == true);
                }
            });
        }
    });
    let generations = sandbox.generations();
    assert_eq!(generations.len(), connections * each);
    let chunks = generations[0].chunks;
    assert!(chunks > 4);
    for generation in generations {
        assert_eq!((generation.chunks, generation.outcome), (chunks, Outcome::Finished));
    }
}

#[test]
fn four_connections_have_two_hundred_generations_at_once() {
    at_once(4, 50);
}

#[test]
fn two_hundred_connections_have_a_thousand_generations_at_once() {
    at_once(200, 5);
}
