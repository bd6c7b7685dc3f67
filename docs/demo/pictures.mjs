// Observation of PixelLander: the pictures after the last four decisions.

export const FRAME_SKIP = 4; // steps of a decision
const STACK = 4;

export class PictureStack {
    /** Starts with a player's episode, whose first picture fills the stack. */
    constructor(engine, index) {
        this.draw = () => engine.picture(index);
        this.pictures = Array(STACK).fill(this.draw());
    }

    /** Adds the picture after so many steps, if they end a decision or the episode. */
    add(steps, ended) {
        if (steps % FRAME_SKIP === 0 || ended) {
            this.pictures = [...this.pictures.slice(1), this.draw()];
        }
    }
}
