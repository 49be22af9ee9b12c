import "../support/plain.ts";
import { unreadBodySuite } from "../support/unread-body-suite.ts";

unreadBodySuite();
