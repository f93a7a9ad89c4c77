// Half the window of the guided filter and of the means of colours, in places of the guide;
// `engine::blur::boxes::RADIUS`.
const RADIUS = 3;
