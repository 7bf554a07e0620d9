"""A peer of nodes in another language, written from PROTOCOL.md alone.

  peer.py PORT SECRET send CHANNEL COUNT    sends the Integers 0, 1, ... and prints each that was taken, or how it ended
  peer.py PORT SECRET receive CHANNEL       publishes CHANNEL for Integers, and prints each that comes, until the end is closed
"""
import hashlib
import hmac
import os
import socket
import struct
import sys

HELLO, WELCOME, PROOF, READY, REFUSE = 1, 2, 3, 4, 5
PUBLISH, ATTACH, ATTACHED, REJECT, DETACH, BYTES = 0x10, 0x11, 0x12, 0x13, 0x14, 0x15
ATTACH_RECEIVER, OFFERS, TAKEN_MANY = 0x16, 0x17, 0x18
OFFER, TRY, TAKEN, WITHDRAW, WITHDRAWN, FAILED, POLL, POLLED = range(0x20, 0x28)
REQUEST, REQUEST_NOW, DELIVER, DELIVERED, GAVE_UP = range(0x28, 0x2D)
POISON, POISONED = 0x30, 0x31
PING, PONG, GOAWAY, ACK = 0x40, 0x41, 0x42, 0x43
FINGERPRINT = b"raw:int32"
ROOM = 8  # offers that a home of this peer allows at once


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def number(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(utf8):
    return number(len(utf8)) + utf8


class Body:
    """Reads the body of a frame."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self):
        length = self.number()
        self.at += length
        return self.data[self.at - length:self.at]

    def more(self):
        return self.at < len(self.data)

    def rest(self):
        return self.data[self.at:]


class Peer:
    def __init__(self, port, secret):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.stream = self.socket.makefile("rb")
        self.written = self.read = self.heard = 0
        self.secret = secret
        self.open()

    def put(self, kind, *parts):
        content = bytes([kind]) + b"".join(parts)
        check = crc32c(struct.pack(">Q", self.written) + content)
        self.written += 1
        self.socket.sendall(struct.pack(">I", len(content) + 4) + content + struct.pack(">I", check))

    def next(self):
        """The next frame that is not about the connection itself: its type and its body."""
        while True:
            length, = struct.unpack(">I", self.stream.read(4))
            content = self.stream.read(length - 4)
            check, = struct.unpack(">I", self.stream.read(4))
            assert crc32c(struct.pack(">Q", self.read) + content) == check, "checksum"
            self.read += 1
            kind, body = content[0], Body(content[1:])
            if 0x10 <= kind < 0x40:
                self.heard += 1
                if self.heard % 64 == 0:
                    self.put(ACK, number(self.heard))
            if kind == PING:
                self.put(PONG, number(self.heard))
            elif kind == GOAWAY:
                print("goodbye", body.number(), flush=True)
                sys.exit(0)
            elif kind not in (PONG, ACK) and kind < 0x80:
                return kind, body

    def mac(self, role, hello, welcome, heard):
        signed = role
        for part in (hello, welcome, struct.pack(">Q", heard)):
            signed += struct.pack(">H", len(part)) + part
        return hmac.new(self.secret, signed, hashlib.sha256).digest()

    def open(self):
        me = b"\x01" + os.urandom(16) + struct.pack(">QI", 1, 1 << 20) + os.urandom(32)
        hello = b"PRLY" + bytes([5, 5]) + me + bytes(16)
        self.put(HELLO, hello)
        kind, body = self.next()
        assert kind == WELCOME, kind
        welcome = body.rest()
        self.put(PROOF, number(0), self.mac(b"connecting", hello, welcome, 0))
        kind, body = self.next()
        assert kind == READY, kind
        assert body.number() == 0
        assert hmac.compare_digest(body.rest(), self.mac(b"listening", hello, welcome, 0)), "the node does not know the secret"

    def leave(self):
        """Says goodbye. Frames are heard in order, so who hears this has heard all."""
        self.put(GOAWAY, number(0), number(self.heard), text(b""))
        self.socket.shutdown(socket.SHUT_WR)
        self.stream.read()


def await_name(peer, channel):
    while True:
        kind, body = peer.next()
        if kind == PUBLISH and body.text() == channel:
            return


def send(peer, channel, count):
    await_name(peer, channel)
    peer.put(ATTACH, number(1), text(channel), text(FINGERPRINT))
    limit = sent = answered = 0
    while answered < count:
        kind, body = peer.next()
        if kind == ATTACHED:
            body.number()
            limit = body.number()
        elif kind == REJECT:
            body.number()
            print("rejected", body.text().decode(), flush=True)
            return
        elif kind == TAKEN:
            body.number()
            print(body.number() - 1, flush=True)
            answered += 1
            limit = max(limit, body.number())
        elif kind == TAKEN_MANY:
            body.number()
            first, many = body.number(), body.number()
            for offer in range(first, first + many):
                print(offer - 1, flush=True)
            answered += many
            limit = max(limit, body.number())
        elif kind == FAILED:
            end, offer, limit, why, strength = (body.number() for _ in range(5))
            print("failed", offer - 1, {1: "closed", 2: "poisoned", 3: "left", 4: "receiver"}[why], strength,
                  body.text().decode(), flush=True)
            return
        many = min(limit, count) - sent
        if many == 1:
            peer.put(OFFER, number(1), number(sent + 1), struct.pack(">i", sent))
        elif many > 1:
            elements = [number(4) + struct.pack(">i", value) for value in range(sent, sent + many)]
            peer.put(OFFERS, number(1), number(sent + 1), *elements)
        sent += max(many, 0)
    peer.put(DETACH, number(1))
    peer.leave()


def take(peer, channel):
    """Receives from a channel of the node until its end, and gives up one element in ten."""
    await_name(peer, channel)
    peer.put(ATTACH_RECEIVER, number(1), text(channel), text(FINGERPRINT))
    request = 0
    while True:
        kind, body = peer.next()
        if kind == ATTACHED:
            pass
        elif kind == REJECT:
            body.number()
            print("rejected", body.text().decode(), flush=True)
            return
        elif kind == DELIVER:
            body.number()
            assert body.number() == request
            value, = struct.unpack(">i", body.rest())
            print(value, flush=True)
            if value % 10 == 9:
                peer.put(GAVE_UP, number(1), number(request), text(b"no nines"))
            else:
                peer.put(DELIVERED, number(1), number(request))
        elif kind == FAILED:
            end, failed, limit, why, strength = (body.number() for _ in range(5))
            assert failed == request
            print({1: "closed", 2: "poisoned", 3: "left"}[why], strength, body.text().decode(), flush=True)
            break
        else:
            continue
        request += 1
        peer.put(REQUEST, number(1), number(request))
    peer.put(DETACH, number(1))
    peer.leave()


def receive(peer, channel):
    peer.put(BYTES, number(1 << 22))
    peer.put(PUBLISH, text(channel))
    taken, ends = {}, set()
    while True:
        kind, body = peer.next()
        if kind == ATTACH:
            end, name, fingerprint = body.number(), body.text(), body.text()
            if name != channel or fingerprint != FINGERPRINT:
                peer.put(REJECT, number(end), text(b"it carries " + FINGERPRINT))
                continue
            ends.add(end)
            taken[end] = 0
            peer.put(ATTACHED, number(end), number(ROOM))
        elif kind in (OFFER, TRY):
            end, offer = body.number(), body.number()
            value, = struct.unpack(">i", body.rest())
            if kind == OFFER:
                taken[end] += 1
            print(value, flush=True)
            peer.put(TAKEN, number(end), number(offer), number(taken[end] + ROOM))
        elif kind == OFFERS:
            end, first = body.number(), body.number()
            many = 0
            while body.more():
                value, = struct.unpack(">i", body.text())
                print(value, flush=True)
                many += 1
            taken[end] += many
            if many == 1:
                peer.put(TAKEN, number(end), number(first), number(taken[end] + ROOM))
            else:
                peer.put(TAKEN_MANY, number(end), number(first), number(many), number(taken[end] + ROOM))
        elif kind == DETACH:
            ends.discard(body.number())
            if not ends:
                print("closed", flush=True)
                peer.leave()
                return


if __name__ == "__main__":
    node = Peer(int(sys.argv[1]), sys.argv[2].encode())
    if sys.argv[3] == "send":
        send(node, sys.argv[4].encode(), int(sys.argv[5]))
    elif sys.argv[3] == "take":
        take(node, sys.argv[4].encode())
    else:
        receive(node, sys.argv[4].encode())
