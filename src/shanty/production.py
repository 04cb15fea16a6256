"""The production server, as it is to run anywhere."""

from dataclasses import dataclass

from shanty import engine, terminal
from shanty.container import ContainerOptions, production_server
from shanty.limits import check_cpus
from shanty.services.start import with_services
from shanty.serving import Serving
from shanty.tee import Tail


@dataclass(frozen=True)
class Production(Serving):
    """The production server of a workflow."""

    def serve(self, options: ContainerOptions) -> int:
        """Serve the production image, held to what it needs; return the exit code.

        Raises `RunError` when the server ends by itself.
        """
        self._check_port(options.host)
        if options.cpus and not self.workflow.dry:
            check_cpus(options.cpus, engine.processors())
        self.workflow.build("production")
        options = with_services(self.workflow, self.services, options)
        asked = production_server(self.workflow.context, self.workflow.settings, options)
        if options.detach:
            return self._detach(asked, options, lambda: engine.state(asked.container).is_healthy)
        return self._served(asked, terminal.execute_server, Tail(), options, "production")
