import { createTestPicture } from '../../src/test-picture/test-picture.ts';
import { loadElements, part, server } from '../shared/elements.ts';

await loadElements();
const query = new URLSearchParams(location.search);
const room = part<HTMLElementTagNameMap['meshlift-room']>('meshlift-room');
if (query.get('source') === 'test') room.stream = createTestPicture({ width: 640, height: 360 }).stream;
room.setAttribute('server', server);
room.setAttribute('room', query.get('room') ?? 'kitchen');
room.setAttribute('name', query.get('name') ?? '');
