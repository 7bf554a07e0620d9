package dev.parley.net;

/// What the owner of an offer asks the loop to do about it.
record Ask(Offer offer, What what) implements Loop.Command {
    /// EXPIRE: its time is up, answer it now. WITHDRAW: take it back from the home if that is still possible. FORGET: the owner took it back before
    /// it left.
    enum What { EXPIRE, WITHDRAW, FORGET }

    @Override public void run() {
        switch (what) {
            case EXPIRE -> offer.end.expire(offer);
            case WITHDRAW -> offer.end.withdraw(offer);
            case FORGET -> offer.end.forget(offer);
        }
    }

    @Override public void refused() {} // the end of the node decided the offer
}
