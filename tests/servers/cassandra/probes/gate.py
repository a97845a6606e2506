"""A TCP relay in front of the server that can hold requests back or lose answers, so that an outcome is unknown on purpose."""

import socket
import threading


class Gate:
    """Relays 127.0.0.1:`port` to the server. `hold()` keeps requests until `release()`; `lose_answers` swallows answers."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.lose_answers = False
        self.answers = 0
        self._open = threading.Event()
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self):
        """From now on requests wait inside the relay."""
        self._open.clear()

    def release(self):
        """Lets the waiting requests reach the server, in their order."""
        self._open.set()

    def close(self):
        self._open.set()
        for one in self._sockets:
            one.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server_port))
            self._sockets += [client, server]
            threading.Thread(target=self._relay, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._relay, args=(server, client, False), daemon=True).start()

    def _relay(self, source, target, is_request):
        try:
            while data := source.recv(65536):
                if is_request:
                    self._open.wait()
                else:
                    self.answers += 1
                    if self.lose_answers:
                        continue
                target.sendall(data)
        except OSError:
            pass
        finally:
            target.close()
