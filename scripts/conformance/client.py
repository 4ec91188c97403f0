"""Goes through cases of the Autobahn suite, one connection each: what its fuzzing client does."""
import collections

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol
from twisted.internet import reactor

from .cases import number, text, wire


class Protocol(WebSocketClientProtocol):
    """Autobahn's own protocol, with what the cases ask of the suite's besides."""

    def __init__(self):
        super().__init__()
        self.connectionWasOpen = False
        self.txFrameStats = collections.Counter()
        # The suite keeps records of the wire, which nobody reads here.
        self.createWirelog = False

    def enableWirelog(self, enable):
        pass

    # Said

    def sendFrame(self, opcode, payload=b"", **details):
        self.txFrameStats[opcode] += 1
        super().sendFrame(opcode, wire(payload), **details)

    def sendMessage(self, payload, *arguments, **details):
        super().sendMessage(wire(payload), *arguments, **details)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(wire(payload), sync)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        super().sendCloseFrame(code, wire(reasonUtf8), isReply)

    # Later

    def _later(self, delay, act, *arguments):
        def act_if_open():
            if self.state != self.STATE_CLOSED:
                act(*arguments)

        self.factory.timers.append(reactor.callLater(delay, act_if_open))

    def continueLater(self, delay, act, tag=None):
        self._later(delay, act)

    def closeAfter(self, delay):
        self._later(delay, self.sendClose)

    def killAfter(self, delay):
        self._later(delay, self._fail_connection)

    # Heard

    def onOpen(self):
        self.connectionWasOpen = True
        self.case.onOpen()

    def onMessage(self, payload, isBinary):
        self.case.onMessage(text(payload), isBinary)

    def onPing(self, payload):
        super().onPing(payload)
        self.case.onPing(text(payload))

    def onPong(self, payload):
        super().onPong(payload)
        self.case.onPong(text(payload))

    def onClose(self, wasClean, code, reason):
        super().onClose(wasClean, code, reason)
        self.case.onClose(wasClean, code, reason)

    def connectionLost(self, reason):
        super().connectionLost(reason)
        self.case.onConnectionLost(self.failedByMe)
        self.factory.note(self.case, self.wasNotCleanReason)


class Client(WebSocketClientFactory):
    """`outcomes` has the number of each case, how the server did, and how it closed."""

    def __init__(self, url, cases, tell):
        super().__init__(url)
        # Close as RFC 6455 says, and not by dropping the connection; a busy machine has ten seconds for it, not one.
        self.setProtocolOptions(failByDrop=False, closeHandshakeTimeout=10, serverConnectionDropTimeout=10)
        self.cases = list(cases)
        self.tell = tell
        self.outcomes = []
        self.timers = []

    def run(self):
        reactor.connectTCP(self.host, self.port, self)
        reactor.run()
        return self.outcomes

    def buildProtocol(self, address):
        protocol = Protocol()
        protocol.factory = self
        protocol.case = self.cases[len(self.outcomes)](protocol)
        return protocol

    def note(self, case, unclean):
        close = case.resultClose if unclean is None else f"{case.resultClose} ({unclean})"
        outcome = (number(type(case)), case.behavior, case.behaviorClose, case.result, close)
        self.outcomes.append(outcome)
        self.tell(outcome)

    def clientConnectionLost(self, connector, reason):
        for timer in self.timers:
            if timer.active():
                timer.cancel()
        self.timers = []
        if len(self.outcomes) < len(self.cases):
            connector.connect()
        else:
            reactor.stop()

    def clientConnectionFailed(self, connector, reason):
        # What has no outcome has failed.
        reactor.stop()
