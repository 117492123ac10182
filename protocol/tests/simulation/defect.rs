//! Rules that can be left out on purpose: the simulator must find what goes wrong, or it would not find it in the protocol
//! either. F1 to F7 have the names that the model checker gives them.

/// A rule that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    /// F1: the source frees the units when its own clock passes the expiry (against R3 and R5).
    SourceReleasesOnTimeout,
    /// F2: the destination forgets which transfers it has answered (against R4).
    DestinationForgetsIds,
    /// F3: the destination refuses a transfer that it has acquired, when asked to cancel (against R4 and R6).
    DestinationRefusesAfterAccepting,
    /// F4, F5: partners ask no witnesses, and a restored node does not either (against R2).
    PinsOnly,
    /// F6: messages leave, and are believed, before their leaf is cosigned (against R2).
    NothingIsWitnessedFirst,
    /// F7: nobody keeps a copy of a partner's log.
    NoMirrors,
    /// What is to be sent is kept in memory only (against R1).
    OutboxInMemory,
    /// Every message is sent once (against R11).
    SentOnce,
    /// Inclusion in the tree is not checked (against R8).
    InclusionUnchecked,
    /// Nothing of a frozen partner is taken, answers neither (against R12).
    FreezeStopsAnswers,
    /// A block is acknowledged and signed before it is synced.
    NeverSyncs,
    /// A write that failed is taken for done.
    IgnoresDiskErrors,
    /// A node that starts writes before it has asked its witnesses how far its log went.
    WritesBeforeAsking,
    /// A witness forgets what it has cosigned when it starts again.
    WitnessForgets,
    /// A witness answers before it has stored what it cosigned.
    WitnessAnswersBeforeStoring,
    /// Witnesses cosign whatever the log has signed.
    WitnessesCosignAnything,
    /// Two of four witnesses are a quorum, so that two quorums may share the one that lies.
    QuorumOfTwo,
    /// A ledger is closed at a head above which witnesses go on to cosign.
    ClosesWithoutSealing,
    /// A closed ledger's answers are not looked at.
    ClosedFreesAll,
    /// F15: one witness is exchanged for another at once, so that an old quorum and a new one may share only the one that lies.
    ExchangesAWitness,
    /// F16: the next change of witnesses is published before everybody has the one before.
    ChangesInARow,
    /// F20: the next change of witnesses is published while heads that counted have no quorum of the one before.
    HeadsLeftBehind,
    /// F17: witnesses are asked once for each head, and not again when others are the witnesses.
    AsksOncePerHead,
    /// F18: once the trust registry has run out nothing is taken, answers neither (against R12).
    ExpiryStopsAnswers,
    /// F19: a registry that has run out stops nothing.
    ExpiryStopsNothing,
}
